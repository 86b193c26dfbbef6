"""Browsers by name: what a session list shows of the text that a browser says of itself."""

BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("QQBrowser", "QQ Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What stands in the text → the browser. Earlier ones call themselves by later names, too."""
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(said: str) -> str:
    """Return browser and system, "Chrome · Windows"; the beginning of a text that names neither."""
    found = [next((name for mark, name in table if mark in said), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or said[:40]
