"""Lists of words to begin with."""

DEFAULT = "lengths"
EXAMPLES = {
    "lengths": "hello world\nmidnight\ncalculation\npath\nshort circuit",
    "hello": "hello\neolll\nlleel",
    "sorted": "short circuit\nhello world\nmidnight\npath",
    "extreme": "a\nincomprehensibility\nit",
    "korean": "하늘\n바람\n별똥별\n해바라기\n달",
}
