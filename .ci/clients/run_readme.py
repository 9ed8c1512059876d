"""Runs the Python programs of a README as they stand, at another server: README ADDRESS."""
import re
import sys

path, address = sys.argv[1:3]
with open(path) as file:
    programs = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
assert programs, f"{path} has no program"
for program in programs:
    exec(compile(program.replace("127.0.0.1:50051", address), path, "exec"), {"__name__": "__main__"})
print(f"{len(programs)} programs of {path} run")
