#!/usr/bin/env bash
# Speaks the demo phone's words anew: 8 kHz G.711 mu-law without a header, silence trimmed.
# Needs espeak-ng and sox; the result is checked in, so only a change of the words needs this script.
set -euo pipefail
to="$(cd "$(dirname "$0")/.." && pwd)/gateway/server/src/demo/voice"
say() {
    espeak-ng -v en-gb -s 150 -w /tmp/word.wav "$2"
    sox /tmp/word.wav -r 8000 -c 1 -e mu-law -t ul "$to/$1.ulaw" gain -n -6 \
        silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse pad 0 0.08
}
n=0
for word in zero one two three four five six seven eight nine; do
    say "$n" "$word"
    n=$((n + 1))
done
say star "star"
say pound "pound"
say press "Press any digit, and I will read it back."
rm -f /tmp/word.wav
