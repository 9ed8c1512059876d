"""What a transcript of a label should be."""
import re


def spoken(label):
    """A label in lower-case words without punctuation: `man: red hair` → `man red hair`."""
    text = label.lower().replace("’", "'")
    return " ".join(re.sub(r"[^a-z0-9' ]+", " ", text).split())
