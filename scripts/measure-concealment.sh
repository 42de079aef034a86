#!/usr/bin/env bash
# Hears by PESQ (ITU-T P.862, narrowband) what G.711 concealment makes of the speech and losses of G.711 Appendix I, beside
# that recommendation's own output. Needs Python and a C compiler for PyPI's `pesq`, and the ITU's vectors.
set -euo pipefail
cd "$(dirname "$0")/.."
vectors=../shared/testdata/codec-vectors/itu-stl/g711iplc/test_data
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python=${PYTHON:-}
if [ -z "$python" ]; then
	python3 -m venv "$folder/venv"
	"$folder/venv/bin/pip" --quiet install numpy pesq
	python=$folder/venv/bin/python
fi

OFFHOOK_CONCEALED=$folder cargo test --quiet --package media concealment_reference >&2

"$python" - "$vectors" "$folder" <<'PY'
import sys
import numpy
from pesq import pesq

vectors, folder = sys.argv[1:]
read = lambda path: numpy.fromfile(path, dtype="<i2")
said = read(f"{vectors}/f2.le")
print("losses       Appendix I   from before   from both sides")
for losses, name in (("10 of 100 ms", "f2_10.raw"), ("20 of 200 ms", "f2_10_2.raw")):
    paths = (f"{vectors}/{name}", f"{folder}/before-{name}", f"{folder}/both-{name}")
    print(losses, *(f"{pesq(8000, said, read(path), 'nb'):12.2f}" for path in paths))
PY
