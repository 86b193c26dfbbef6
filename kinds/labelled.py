"""Texts of which it is known what stands in them, and how well `kinds.inside` finds it.

Half of the texts carry an identifier of somebody who does not exist; the others carry what is easily taken for
one: order numbers, amounts, dates, digits of the same length, drawn without looking at whether they happen to
pass a check.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from kinds.inside import LOOKED_FOR, hits
from kinds.synthetic import Person, company_code, person

SAMPLE = 2200
_CARRIERS = (
    "{}", "客户来电说{}，请尽快处理。", "已核对{}无误", "备注：{}", "{} 已登记", "改为{}；原号作废", "（{}）", "a/b {}",
    "回访失败\n{}\n下周再约", "Customer gave {} on the phone.", "see {}, then call back", "新资料{}和旧资料不一致",
)  # fmt: skip
_CALLS = ("姓名：{}", "联系人 {}，已约", "收件人：{}", "请联系{}先生", "户名为{}。", "持卡人: {}")
_LATIN_CALLS = ("Name: {}", "contact: {}, away", "Mr. {} called")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text and the kinds of the identifiers that stand in it."""

    text: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """How well one kind is found, in texts: planted and found, planted and missed, found and not planted."""

    kind: str
    found: int
    missed: int
    wrong: int

    @property
    def precision(self) -> float:
        """Of the texts in which it was found, the share in which it stands."""
        return self.found / (self.found + self.wrong) if self.found else 0.0

    @property
    def recall(self) -> float:
        """Of the texts in which it stands, the share in which it was found."""
        return self.found / (self.found + self.missed) if self.found else 0.0


@cache
def measured(count: int = SAMPLE, *, seed: int = 0) -> tuple[Measured, ...]:
    """Return precision and recall of every kind over the sample of a seed."""
    right: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for one in sample(count, seed=seed):
        told = {hit.kind for hit in hits(one.text)}
        right.update(told & one.kinds)
        missed.update(one.kinds - told)
        wrong.update(told - one.kinds)
    return tuple(Measured(code, right[code], missed[code], wrong[code]) for code in LOOKED_FOR)


def sample(count: int, *, seed: int = 0) -> Iterator[Labelled]:
    """Yield labelled texts, the same ones for the same seed."""
    draw = Random(f"custinfo labelled {seed}")  # noqa: S311  (not a secret: the same texts each time)
    for number in range(count):
        who = person(draw.randrange(50_000), seed=seed)
        if number % 2:
            yield Labelled(draw.choice(_CARRIERS).format(decoy(draw)), frozenset())
        else:
            yield planted(LOOKED_FOR[number // 2 % len(LOOKED_FOR)], who, draw)


def planted(kind: str, who: Person, draw: Random) -> Labelled:
    """Return a text with one identifier of the kind, spelt as people and programs spell it."""
    if kind == "full_name":
        calls = _CALLS if not who.name.isascii() else _LATIN_CALLS
        return Labelled(draw.choice(calls).format(who.name), frozenset({kind}))
    value = company_code(who.number) if kind == "uscc" else str(getattr(who, kind))
    spelt = draw.choice(_SPELLINGS)(value, kind)
    return Labelled(draw.choice(_CARRIERS).format(spelt), frozenset({kind}))


def decoy(draw: Random) -> str:
    """Return something that is easily taken for an identifier and is none."""
    return draw.choice(_DECOYS)(draw)


def _digits(draw: Random, count: int, first: str = "123456789") -> str:
    return draw.choice(first) + "".join(draw.choices("0123456789", k=count - 1))


def _date(draw: Random, between: str = "") -> str:
    parts = (f"{draw.randint(2015, 2027)}", f"{draw.randint(1, 12):02d}", f"{draw.randint(1, 28):02d}")
    return between.join(parts)


def _grouped(value: str, kind: str) -> str:
    sizes = {"mobile": (3, 4, 4), "bank_card": (4, 4, 4, 4, 4), "resident_id": (6, 8, 4)}.get(kind)
    if sizes is None:
        return value
    parts = []
    for size in sizes:
        parts.append(value[:size])
        value = value[size:]
    return " ".join(part for part in parts if part)


def _full_width(value: str, kind: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


_SPELLINGS: tuple[Callable[[str, str], str], ...] = (
    lambda value, kind: value,
    _grouped,
    _full_width,
    lambda value, kind: f"+86 {value}" if kind == "mobile" else value.lower(),
)
_REMARKS = (
    "客户满意", "先生来电未接", "联系人未定", "要求改天再打", "金牌会员续费", "高级套餐", "联系人：家属",
    "收件人：同上", "户名不符", "请联系王女士", "持卡人：本人", "客户高兴", "name: changed", "contact: Monday",
)  # fmt: skip
_DECOYS: tuple[Callable[[Random], str], ...] = (
    lambda draw: f"订单{_date(draw)}{_digits(draw, 10)}",
    lambda draw: f"单号 {_digits(draw, 18)}",
    lambda draw: f"order {_digits(draw, draw.randint(15, 19))}",
    lambda draw: f"流水{_digits(draw, 11, '2345678')}",
    lambda draw: f"流水号{_digits(draw, 12)}",
    lambda draw: f"SF{_digits(draw, 13)}",
    lambda draw: f"快递YT{_digits(draw, 13)}",
    lambda draw: f"{draw.randint(10**6, 10**8):,}.{draw.randint(0, 99):02d}元",
    lambda draw: f"¥{draw.randint(1, 10**9)}.{draw.randint(0, 99):02d}",
    lambda draw: f"比例{draw.random():.12f}",
    lambda draw: f"{_date(draw, '-')} {draw.randint(0, 23):02d}:{draw.randint(0, 59):02d}",
    lambda draw: f"{_date(draw, '-')} 至 {_date(draw, '-')}",
    lambda draw: f"{_date(draw)} {_date(draw)} {draw.randint(1, 999)}",
    lambda draw: f"{_date(draw, '/')} 第{draw.randint(1, 99)}期",
    lambda draw: f"QQ{_digits(draw, draw.randint(7, 10))}",
    lambda draw: f"客户编号C{_digits(draw, 7)}",
    lambda draw: f"邮编{_digits(draw, 6)}",
    lambda draw: f"{draw.randint(1, 30)}号楼{draw.randint(1, 9)}单元待确认",
    lambda draw: f"@客服{draw.randint(1, 99)} 请跟进",
    lambda draw: f"v{draw.randint(1, 9)}.{draw.randint(0, 20)}.{draw.randint(0, 9)}",
    lambda draw: f"合同HT-{_date(draw)}-{draw.randint(1, 9999):04d}",
    lambda draw: f"机型A{draw.randint(1, 9)} {draw.randint(2018, 2027)}款",
    lambda draw: draw.choice(
        ("客户满意", "先生来电未接", "联系人未定", "要求改天再打", "金牌会员续费", "高级套餐")
    ),
    lambda draw: f"房号 {draw.randint(101, 3208)} 车位B{draw.randint(1, 999)}",
    lambda draw: "".join(draw.choices("ABCDEFGHJKLMNPQRSTUVWXY0123456789", k=18)),
)
