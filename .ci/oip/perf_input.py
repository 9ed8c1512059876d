"""Data of requests for perf_analyzer.

  perf_input.py FOLDER
"""

import base64
import json
import sys
from pathlib import Path


def element(content):
    return len(content).to_bytes(4, "little") + content


def write(name, data):
    (Path(sys.argv[1]) / name).write_text(json.dumps({"data": data}))


write("text.json", [{"text": [word]} for word in Path("examples/texts.txt").read_text().splitlines() if word])
images = sorted(Path("examples/images").glob("*.png"))
write("image.json", [{"image": {"b64": base64.b64encode(element(one.read_bytes())).decode()}} for one in images])
