"""What the law says in numbers, dated; and which days people work in China."""
