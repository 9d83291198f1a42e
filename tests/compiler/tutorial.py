#!/usr/bin/env python3
"""Follows the tutorial of kernels/README.md word for word: writes the files it shows, runs its commands, compares its messages.

  tests/compiler/tutorial.py ROOT HONE
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile


def tutorial(root):
    with open(f"{root}/kernels/README.md") as file:
        text = file.read()
    start = text.index("## Add a kernel")
    return text[start:text.index("\n## ", start + 1)]


def blocks(text):
    """(kind, name of the file it is, content) of each fenced block."""
    file = None
    for match in re.finditer(r"^`([\w/.]+)`$|^```(\w+)\n(.*?)^```$", text, re.M | re.S):
        if match[1]:
            file = match[1]
            continue
        yield match[2], file, match[3]
        file = None


def main():
    root, hone = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(f"{root}/kernels/common", f"{work}/kernels/common")
        os.mkdir(f"{work}/bin")
        os.symlink(hone, f"{work}/bin/hone")
        environment = {**os.environ, "PATH": f"{work}/bin:{os.environ['PATH']}", "NO_COLOR": "1"}
        steps = list(blocks(tutorial(root)))
        errors = ""
        done = 0
        for index, (kind, file, content) in enumerate(steps):
            if file:
                os.makedirs(os.path.dirname(f"{work}/{file}"), exist_ok=True)
                with open(f"{work}/{file}", "w") as out:
                    out.write(content)
            elif kind == "sh":
                expects_error = index + 1 < len(steps) and steps[index + 1][0] == "error"
                result = subprocess.run(["bash", "-e", "-c", content], cwd=work, env=environment, capture_output=True, text=True)
                errors = result.stderr
                if (result.returncode != 0) != expects_error:
                    sys.exit(f"exit status {result.returncode} of\n{content}{result.stdout}{result.stderr}")
            elif kind == "error":
                if content not in errors.replace("hone: ", "", 1) + "\n":
                    sys.exit(f"the tutorial shows\n{content}\nhone says\n{errors}")
            else:
                sys.exit(f"a block of kind '{kind}' that is no file, no commands and no message:\n{content}")
            done += 1
        if done < 15:
            sys.exit(f"only {done} steps found")
        print(f"{done} steps followed")


if __name__ == "__main__":
    main()
