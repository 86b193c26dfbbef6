"""Province-level regions, as ID numbers, plates and area codes name them. Coarser than a city on purpose: a
derived region is an open value."""

import re
from collections.abc import Mapping
from types import MappingProxyType

PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        "11": "北京市",
        "12": "天津市",
        "13": "河北省",
        "14": "山西省",
        "15": "内蒙古自治区",
        "21": "辽宁省",
        "22": "吉林省",
        "23": "黑龙江省",
        "31": "上海市",
        "32": "江苏省",
        "33": "浙江省",
        "34": "安徽省",
        "35": "福建省",
        "36": "江西省",
        "37": "山东省",
        "41": "河南省",
        "42": "湖北省",
        "43": "湖南省",
        "44": "广东省",
        "45": "广西壮族自治区",
        "46": "海南省",
        "50": "重庆市",
        "51": "四川省",
        "52": "贵州省",
        "53": "云南省",
        "54": "西藏自治区",
        "61": "陕西省",
        "62": "甘肃省",
        "63": "青海省",
        "64": "宁夏回族自治区",
        "65": "新疆维吾尔自治区",
        "71": "台湾省",
        "81": "香港特别行政区",
        "82": "澳门特别行政区",
        "83": "台湾省",  # residence permits of Taiwan residents begin with 83
    }
)
PLATE_LETTERS: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新",
            [name for code, name in PROVINCES.items() if code < "70"],
            strict=True,
        )
    )
)
# First and last area code of a run, without the leading 0.
_AREA_RUNS = (
    (10, 10, "11"), (20, 20, "44"), (21, 21, "31"), (22, 22, "12"), (23, 23, "50"), (24, 24, "21"),
    (25, 25, "32"), (27, 27, "42"), (28, 28, "51"), (29, 29, "61"), (310, 319, "13"), (335, 335, "13"),
    (349, 359, "14"), (370, 379, "41"), (391, 398, "41"), (410, 421, "21"), (427, 429, "21"),
    (431, 440, "22"), (451, 459, "23"), (464, 469, "23"), (470, 483, "15"), (510, 519, "32"),
    (523, 523, "32"), (527, 527, "32"), (530, 539, "37"), (543, 543, "37"), (546, 546, "37"),
    (550, 566, "34"), (570, 580, "33"), (591, 599, "35"), (631, 635, "37"), (660, 668, "44"),
    (691, 692, "53"), (701, 701, "36"), (710, 728, "42"), (730, 746, "43"), (750, 769, "44"),
    (770, 779, "45"), (790, 799, "36"), (812, 839, "51"), (851, 859, "52"), (870, 888, "53"),
    (891, 897, "54"), (898, 899, "46"), (901, 909, "65"), (911, 919, "61"), (930, 943, "62"),
    (951, 955, "64"), (970, 979, "63"), (990, 999, "65"),
)  # fmt: skip

_SHORT = {
    re.sub("(?:壮族|回族|维吾尔)?自治区$|特别行政区$|省$|市$", "", name): name for name in PROVINCES.values()
}
_PROVINCE = re.compile("|".join(sorted({*_SHORT, *PROVINCES.values()}, key=lambda name: -len(name))))
_CITY = re.compile("[\u4e00-\u9fff]{1,6}?(?:自治州|地区|盟|市)(?![场区民政])")


def region_of_area_code(code: str) -> str:
    """Return the province of a telephone area code ("010", "0755"), or an empty text."""
    number = int(code)
    for first, last, province in _AREA_RUNS:
        if first <= number <= last:
            return PROVINCES[province]
    return ""


def split_address(address: str) -> tuple[str, str]:
    """Return the province (its full name) and the city that an address begins with; either may be empty."""
    rest, province = address, ""
    found = _PROVINCE.match(address)
    if found:
        province = _SHORT.get(found[0], found[0])
        rest = address[found.end() :].lstrip(" ,，")
        if not found[0].endswith(("省", "市", "区")) and rest[:1] in ("省", "市"):
            rest = rest[1:]
    if province.endswith("市"):  # the four municipalities: what follows is a district
        return province, ""
    city = _CITY.match(rest)
    return province, city[0] if city else ""
