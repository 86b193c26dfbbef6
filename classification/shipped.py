"""The catalogue that the product ships: S0-15..18, S1-1, S2-7 and S4-1, field by field. Pure data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

REGISTRATION, HANDLING, SURVEY, MAINTENANCE = "registration", "handling", "survey", "maintenance"
SERVICE, COMPLAINT, QUALITY, MARKETING = "service", "complaint", "quality", "marketing"
ANALYSIS = "analysis"

IDENTITY = [REGISTRATION, HANDLING, MAINTENANCE, SERVICE, COMPLAINT]
DEALING = [HANDLING, MAINTENANCE, SERVICE, COMPLAINT]
REACHING = [*IDENTITY, MARKETING]
TASTE = [SURVEY, MAINTENANCE, SERVICE, QUALITY]


@dataclass(frozen=True, slots=True)
class ShippedField:
    """One field and its first version."""

    code: str
    name_zh: str
    name_en: str
    category: str
    level: int
    kind: str
    purposes: Sequence[str]
    params: Mapping[str, Any] = field(default_factory=dict)
    index: str = "none"
    required: bool = False
    sensitive: bool = False
    derived_from: str = ""


def choices(*options: tuple[str, ...]) -> dict[str, Any]:
    """Return the parameters of a choice: codes, each with its Chinese and English words, then other spellings."""
    return {"options": {code: list(words) for code, *words in options}}


FIELDS: tuple[ShippedField, ...] = (
    # --- L1 (S0-15) ---
    ShippedField(
        "surname", "姓氏", "Surname", "basic", 1, "text", REACHING, derived_from="full_name:surname"
    ),
    ShippedField("member_level", "会员等级", "Member level", "business", 1, "member_level", DEALING),
    ShippedField(
        "public_contact",
        "公开联系方式",
        "Public contact",
        "basic",
        1,
        "text",
        DEALING,
        params={"max_length": 120, "may_hold": ["mobile", "landline", "email"]},
    ),
    ShippedField(
        "salutation",
        "称谓",
        "Form of address",
        "basic",
        1,
        "choice",
        IDENTITY,
        params=choices(("mr", "先生", "Mr"), ("ms", "女士", "Ms"), ("teacher", "老师", "Teacher")),
    ),
    ShippedField(
        "preferred_language",
        "服务语言",
        "Service language",
        "basic",
        1,
        "choice",
        IDENTITY,
        params=choices(("zh", "中文", "Chinese"), ("yue", "粤语", "Cantonese"), ("en", "英语", "English")),
    ),
    ShippedField("member_since", "入会日期", "Member since", "business", 1, "date", DEALING),
    # --- L2 (S0-16, S1-1, S2-8) ---
    ShippedField("full_name", "姓名", "Full name", "basic", 2, "full_name", REACHING, required=True),
    ShippedField(
        "business_number",
        "内部业务编号",
        "Business number",
        "business",
        2,
        "text",
        DEALING,
        params={"max_length": 40},
    ),
    ShippedField(
        "preference_tags", "消费偏好标签", "Preference tags", "business", 2, "tags", [*TASTE, MARKETING]
    ),
    ShippedField("habit_tags", "消费习惯", "Consumption habits", "business", 2, "tags", TASTE),
    ShippedField("product_tags", "已订产品", "Products taken", "business", 2, "tags", DEALING),
    ShippedField(
        "birth_year",
        "出生年份",
        "Year of birth",
        "basic",
        2,
        "text",
        [*IDENTITY, ANALYSIS],
        derived_from="resident_id:birth_year",
    ),
    ShippedField(
        "gender",
        "性别",
        "Gender",
        "basic",
        2,
        "choice",
        [*IDENTITY, ANALYSIS],
        params=choices(("male", "男", "Male"), ("female", "女", "Female")),
        derived_from="resident_id:gender",
    ),
    ShippedField(
        "id_region",
        "证件归属地",
        "Region of the ID",
        "basic",
        2,
        "text",
        [*IDENTITY, ANALYSIS],
        derived_from="resident_id:region",
    ),
    ShippedField(
        "occupation",
        "职业",
        "Occupation",
        "basic",
        2,
        "text",
        [SURVEY, HANDLING, MAINTENANCE],
        params={"max_length": 60},
    ),
    ShippedField(
        "employer",
        "工作单位",
        "Employer",
        "basic",
        2,
        "text",
        [HANDLING, MAINTENANCE],
        params={"max_length": 120},
    ),
    ShippedField(
        "city",
        "所在城市",
        "City",
        "basic",
        2,
        "text",
        [*TASTE, REGISTRATION, HANDLING],
        params={"max_length": 60},
    ),
    ShippedField("bank_name", "开户银行", "Bank", "business", 2, "text", DEALING, params={"max_length": 80}),
    ShippedField(
        "contract_type",
        "合同类型",
        "Contract type",
        "business",
        2,
        "choice",
        DEALING,
        params=choices(
            ("monthly", "按月", "Month-to-month"),
            ("one_year", "一年", "One year", "1 year"),
            ("two_years", "两年", "Two year", "Two years", "2 years"),
        ),
    ),
    ShippedField(
        "payment_method",
        "付款方式",
        "Payment method",
        "business",
        2,
        "choice",
        DEALING,
        params=choices(
            ("transfer", "银行转账", "Bank transfer", "Bank transfer (automatic)", "转账"),
            ("card", "银行卡", "Credit card", "Credit card (automatic)", "信用卡"),
            ("electronic_check", "电子支票", "Electronic check", "E-check"),
            ("check", "支票", "Mailed check", "Check"),
            ("cash", "现金", "Cash"),
            ("mobile_pay", "移动支付", "Mobile payment"),
        ),
    ),
    ShippedField(
        "customer_source",
        "客户来源",
        "How the customer came",
        "business",
        2,
        "choice",
        [REGISTRATION, SURVEY, QUALITY],
        params=choices(
            ("branch", "营业网点", "Branch"),
            ("phone", "电话", "Phone"),
            ("online", "网上", "Online"),
            ("referral", "他人推荐", "Referral"),
        ),
    ),
    ShippedField("service_note", "服务备注", "Service note", "business", 2, "note", [*DEALING, QUALITY]),
    # --- L3 (S0-17, S2-7, S4-1) ---
    ShippedField(
        "mobile", "手机号码", "Mobile number", "sensitive", 3, "mobile", REACHING, index="exact_last_four"
    ),
    ShippedField("landline", "固定电话", "Landline", "sensitive", 3, "landline", IDENTITY),
    ShippedField("email", "电子邮箱", "E-mail", "sensitive", 3, "email", REACHING, index="exact"),
    ShippedField("address", "家庭住址", "Home address", "sensitive", 3, "address", IDENTITY),
    ShippedField("delivery_address", "收货地址", "Delivery address", "sensitive", 3, "address", DEALING),
    ShippedField(
        "resident_id",
        "证件号码",
        "ID number",
        "sensitive",
        3,
        "resident_id",
        IDENTITY,
        index="exact_last_four",
        sensitive=True,
    ),
    ShippedField(
        "passport",
        "护照号码",
        "Passport number",
        "sensitive",
        3,
        "passport",
        IDENTITY,
        index="exact",
        sensitive=True,
    ),
    ShippedField(
        "permit",
        "港澳台通行证号码",
        "HK/Macao/Taiwan permit",
        "sensitive",
        3,
        "permit",
        IDENTITY,
        index="exact",
        sensitive=True,
    ),
    ShippedField(
        "bank_card",
        "银行账号",
        "Bank card",
        "sensitive",
        3,
        "bank_card",
        DEALING,
        index="exact_last_four",
        sensitive=True,
    ),
    ShippedField(
        "uscc",
        "统一社会信用代码",
        "Unified social credit code",
        "sensitive",
        3,
        "uscc",
        DEALING,
        index="exact",
    ),
    ShippedField("plate", "车牌号码", "Licence plate", "sensitive", 3, "plate", DEALING, index="exact"),
    ShippedField("birth_date", "出生日期", "Date of birth", "sensitive", 3, "date", IDENTITY),
    ShippedField(
        "account_balance", "账户余额", "Account balance", "sensitive", 3, "amount", DEALING, sensitive=True
    ),
    ShippedField("monthly_spend", "月消费额", "Monthly spend", "sensitive", 3, "amount", [*DEALING, QUALITY]),
    ShippedField(
        "transaction_note",
        "交易记录摘要",
        "Transactions in brief",
        "sensitive",
        3,
        "note",
        DEALING,
        sensitive=True,
    ),
    ShippedField(
        "health_note",
        "健康信息",
        "Health information",
        "sensitive",
        3,
        "note",
        [HANDLING, SERVICE],
        sensitive=True,
    ),
    ShippedField(
        "browsing_note", "浏览记录摘要", "Browsing in brief", "sensitive", 3, "note", [SURVEY, QUALITY]
    ),
    ShippedField(
        "emergency_name",
        "紧急联系人",
        "Emergency contact",
        "sensitive",
        3,
        "full_name",
        [HANDLING, MAINTENANCE, SERVICE],
    ),
    ShippedField(
        "emergency_mobile",
        "紧急联系人电话",
        "Emergency contact's mobile",
        "sensitive",
        3,
        "mobile",
        [HANDLING, MAINTENANCE, SERVICE],
    ),
    # --- L4 (S0-18): values lie on the restricted host; payment passwords are never held ---
    ShippedField(
        "fingerprint_template", "指纹模板", "Fingerprint template", "sensitive", 4, "text", [], sensitive=True
    ),
    ShippedField("face_image", "人脸图像", "Face image", "sensitive", 4, "text", [], sensitive=True),
    ShippedField("voiceprint", "声纹", "Voiceprint", "sensitive", 4, "text", [], sensitive=True),
    ShippedField(
        "payment_password", "支付密码", "Payment password", "sensitive", 4, "secret", [], sensitive=True
    ),
    ShippedField("credit_report", "征信报告", "Credit report", "sensitive", 4, "text", [], sensitive=True),
    ShippedField(
        "authorisation_original",
        "授权书原件",
        "Authorisation original",
        "sensitive",
        4,
        "text",
        [],
        sensitive=True,
    ),
)
