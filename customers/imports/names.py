"""How columns are called in files that people bring, in both languages, besides the names of the catalogue."""

from __future__ import annotations

from kinds.folding import fold

NUMBER = "number"
OTHER_NAMES: dict[str, str] = {
    NUMBER: (
        "客户编号/客户号/客户号码/客户代码/客户ID/编号/会员编号/customer/customer id/"
        "customer number/customer no/cust id/cust no/client id/account number/number"
    ),
    "relationship_since": "客户起始日期/开户日期/customer since/account opened/start date",
    "relationship_until": "客户结束日期/销户日期/customer until/account closed/end date",
    "full_name": "姓名/客户姓名/名字/客户名称/联系人/full name/name/customer name",
    "mobile": (
        "手机/手机号/手机号码/移动电话/联系电话/电话/电话号码/联系方式/mobile/"
        "mobile phone/cellphone/phone/phone number/telephone/tel"
    ),
    "landline": "固话/座机/固定电话/办公电话/landline/office phone/home phone",
    "email": "邮箱/邮件/电子邮件/电子邮箱/e-mail/mail/email address",
    "address": "地址/住址/家庭地址/家庭住址/联系地址/address/home address",
    "delivery_address": "收货地址/寄送地址/delivery address/shipping address",
    "resident_id": (
        "身份证/身份证号/身份证号码/证件号/证件号码/居民身份证/id card/id number/resident id/national id"
    ),
    "passport": "护照/护照号/护照号码/passport/passport number",
    "permit": "通行证/港澳通行证/台胞证/通行证号/permit/permit number",
    "bank_card": "银行卡/银行卡号/卡号/银行账号/账号/bank card/card number/bank account",
    "uscc": "统一社会信用代码/信用代码/税号/uscc/credit code",
    "plate": "车牌/车牌号/车牌号码/plate/licence plate/license plate",
    "birth_date": "生日/出生日期/birthday/birth date/date of birth/dob",
    "account_balance": "余额/账户余额/balance/account balance",
    "monthly_spend": "月消费/月消费额/月费/monthly charges/monthly spend",
    "member_level": "会员级别/会员等级/等级/member level/membership level",
    "member_since": "入会日期/入会时间/member since",
    "preference_tags": "标签/偏好/偏好标签/tags/preferences",
    "service_note": "备注/说明/服务备注/note/notes/remark/remarks/comment/comments",
    "contract_type": "合同/合同类型/contract/contract type",
    "payment_method": "支付方式/付款方式/payment/payment method",
    "occupation": "职业/occupation/job",
    "employer": "单位/工作单位/公司/employer/company",
    "city": "城市/所在城市/city",
    "gender": "性别/gender/sex",
}
"""Field code → names, separated by slashes. Spaces, case and punctuation do not count."""


def bare(name: str) -> str:
    """Return a column name as it is compared: folded, without spaces and punctuation."""
    return "".join(character for character in fold(name).casefold() if character.isalnum())
