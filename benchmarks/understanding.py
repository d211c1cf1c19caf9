"""What it costs to understand typed words: time a question and a seller's message, start, memory, size of the models.

.venv/bin/python benchmarks/understanding.py
"""

import json
import resource
import statistics
import sys
from importlib.resources import files
from pathlib import Path
from time import perf_counter

sys.path[0] = str(Path(__file__).parent.parent)

DEVELOPMENT = Path(__file__).parent.parent / "tests" / "development"


def main() -> None:
    """Print the figures."""
    from bot.clock import today_in_japan
    from bot.content import MODELS, load_content

    began = perf_counter()
    content = load_content()
    loaded = perf_counter()
    content.readers.questions.read("x")
    content.readers.replies.read("x")
    content.readers.facts.read("x", today_in_japan())
    first = perf_counter() - loaded
    print(f"content loaded in {(loaded - began) * 1000:.0f} ms, first words in {first * 1000:.0f} ms")
    for name, read in (
        ("questions", content.readers.questions.read),
        ("facts", lambda text: content.readers.facts.read(text, today_in_japan())),
        ("seller", content.readers.replies.read),
    ):
        lines = (DEVELOPMENT / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        times = []
        for text in [json.loads(line)["text"] for line in lines]:
            started = perf_counter()
            read(text)
            times.append((perf_counter() - started) * 1000)
        worst = statistics.quantiles(times, n=100)[98]
        print(f"{name:9} median {statistics.median(times):.2f} ms, 99th of 100 {worst:.2f} ms")
    size = (Path(str(files("conversations"))) / "data" / MODELS).stat().st_size
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"models {size / 1e6:.2f} MB, memory of the process {memory:.0f} MB")


if __name__ == "__main__":
    main()
