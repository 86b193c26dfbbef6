"""People who do not exist, for demo data, tests and benchmarks: the same ones for the same seed.

Every number passes its kind's checks and belongs to nobody: mobile prefix 154 is not allocated, no region
code has the city part 99, no country has the code 999 of the cards, no plate has the letter X in these
provinces, no local telephone number begins with 9, no serial of a passport has the letter O, no permit has a
serial above 99 million, example.com and example.org are reserved.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from stdnum import luhn
from stdnum.cn import ric, uscc

from kinds.plain import MemberLevel
from kinds.regions import PROVINCES

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
_COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "慕容", "皇甫")
_GIVEN = {
    "male": "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆旭宁龙林阳建国志文博思远子轩",
    "female": "芳娜敏静丽艳娟霞秀兰莉玲燕红梅琳雪慧莹婷倩颖佳欣怡悦晓雨梦洁思琪雅文子涵",
}
_OTHER_NAMES = {
    "male": ("买买提·示例", "阿卜杜拉·示例", "扎西·示例", "John Nobody", "Pierre Example"),
    "female": ("古丽·示例", "卓玛·示例", "Mary Nobody", "Anna Example"),
}
_PINYIN = ("wang", "li", "zhang", "liu", "chen", "yang", "huang", "zhao", "wu", "zhou", "xu", "sun", "ma")
# Province code, city, districts, area code.
_PLACES = (
    ("11", "", "朝阳区 海淀区 西城区", "010"),
    ("31", "", "浦东新区 徐汇区 静安区", "021"),
    ("12", "", "和平区 南开区", "022"),
    ("50", "", "渝中区 江北区", "023"),
    ("44", "广州市", "天河区 越秀区", "020"),
    ("44", "深圳市", "南山区 福田区", "0755"),
    ("33", "杭州市", "西湖区 滨江区", "0571"),
    ("32", "南京市", "玄武区 鼓楼区", "025"),
    ("32", "苏州市", "姑苏区 虎丘区", "0512"),
    ("51", "成都市", "锦江区 武侯区", "028"),
    ("42", "武汉市", "武昌区 江汉区", "027"),
    ("61", "西安市", "雁塔区 碑林区", "029"),
    ("37", "济南市", "历下区 市中区", "0531"),
    ("41", "郑州市", "金水区 中原区", "0371"),
    ("43", "长沙市", "岳麓区 芙蓉区", "0731"),
    ("21", "沈阳市", "和平区 沈河区", "024"),
    ("35", "厦门市", "思明区 湖里区", "0592"),
    ("53", "昆明市", "五华区 盘龙区", "0871"),
    ("65", "乌鲁木齐市", "天山区 沙依巴克区", "0991"),
    ("46", "海口市", "龙华区 美兰区", "0898"),
)
_EIGHT_DIGITS = frozenset({"0755", "0571", "0512", "0531", "0371", "0731", "0592"})
_PLATE_PROVINCES = "琼宁青藏"
_ROADS = ("示例路", "演示街", "样本大道", "虚构路")
_FIRST_BIRTH = datetime.date(1945, 1, 1)
_LAST_BIRTH = datetime.date(2004, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who does not exist. All values are clean as their kinds store them."""

    number: int  # 0, 1, 2 … within the seed
    name: str
    gender: str  # "male" or "female"
    birth_date: str
    resident_id: str
    mobile: str
    landline: str
    email: str
    region: str
    city: str
    address: str
    passport: str
    permit: str
    bank_card: str
    plate: str
    member_level: str
    balance: str


def _scattered(number: int, size: int, salt: int) -> int:
    """Return another number below `size` for each number below it (size: a power of ten)."""
    return (number * 7_919 + salt * 104_729 + 13) % size  # 7919 and ten share no divisor: one to one


def _name(draw: Random, gender: str) -> str:
    if draw.random() < 0.02:
        return draw.choice(_OTHER_NAMES[gender])
    surname = draw.choice(_COMPOUND_SURNAMES) if draw.random() < 0.02 else draw.choice(_SURNAMES)
    return surname + "".join(draw.sample(_GIVEN[gender], 2 if draw.random() < 0.75 else 1))


def _resident_id(number: int, province: str, birth: datetime.date, gender: str) -> str:
    serial = 2 * (number % 500) + (gender == "male")
    county = number // 500 % 100
    bare = f"{province}99{county:02d}{birth:%Y%m%d}{serial:03d}"
    return bare + ric.calc_check_digit(bare + "0")


def person(number: int, *, seed: int = 0) -> Person:
    """Return the person with this number; different numbers below 50,000 carry different numbers."""
    draw = Random(f"custinfo {seed} {number}")  # noqa: S311  (not a secret: the same people each time)
    gender = draw.choice(("male", "female"))
    birth = _FIRST_BIRTH + datetime.timedelta(days=draw.randrange((_LAST_BIRTH - _FIRST_BIRTH).days))
    province, city, districts, area = draw.choice(_PLACES)
    local = _scattered(number, 10_000_000, seed)
    if len(area) == 4 and area not in _EIGHT_DIGITS:
        local %= 1_000_000
    width = 7 if len(area) == 3 or area in _EIGHT_DIGITS else 6
    region = PROVINCES[province]
    address = (
        f"{region}{city}{draw.choice(districts.split())}{draw.choice(_ROADS)}{draw.randint(1, 999)}号"
        f"{draw.randint(1, 30)}栋{draw.randint(1, 32)}{draw.randint(1, 8):02d}室"
    )
    card = f"999999{_scattered(number, 10**12, seed):012d}"
    plate = _scattered(number, 10**5, seed)
    return Person(
        number=number,
        name=_name(draw, gender),
        gender=gender,
        birth_date=birth.isoformat(),
        resident_id=_resident_id(number, province, birth, gender),
        mobile=f"154{_scattered(number, 10**8, seed):08d}",
        landline=f"{area}-9{local:0{width}d}",
        email=f"{draw.choice(_PINYIN)}.{number:06d}@example.{draw.choice(('com', 'org'))}",
        region=region,
        city=city or region,
        address=address,
        passport=f"EO{_scattered(number, 10**7, seed):07d}",
        permit=f"{draw.choice('HM')}99{_scattered(number, 10**6, seed):06d}",
        bank_card=card + luhn.calc_check_digit(card),
        plate=f"{_PLATE_PROVINCES[number // 10**5 % 4]}X{plate:05d}",
        member_level=draw.choices(MemberLevel.levels, weights=(50, 25, 15, 7, 3))[0],
        balance=f"{draw.lognormvariate(9, 1.4):.2f}",
    )


def people(count: int, *, seed: int = 0) -> Iterator[Person]:
    """Yield the first `count` people of a seed."""
    return (person(number, seed=seed) for number in range(count))


def company_code(number: int) -> str:
    """Return a unified social credit code with the region 000000, which no registry has."""
    bare = f"91000000MA{number % 10**7:07d}"
    return bare + uscc.calc_check_digit(bare)
