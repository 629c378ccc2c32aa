#!/bin/sh
# A network made symmetric by the usual sum falls into pieces where a way has no length.
#
# Expected: SciPy's graph functions count a stored zero of a sparse matrix as an edge without length, as its page says; so A + A.T, or
# A.maximum(A.T), of one-way edges is the same network in both directions.
# Seen (scipy 1.17.1, numpy 2.4.6): both drop stored zeros. Two points at one place (a lift, a gate mapped twice, lengths rounded to whole
# metres) are joined by a way of 0 m: `dijkstra(A, directed=False)` walks over it, 12 m; of A + A.T the far side is infinitely far.
# Nothing is raised, and a service behind the gate is "not reachable". A way that stands in both directions already comes out twice as
# long under A + A.T.
# What to do: write each way in both directions into the row and column lists before the matrix is made, or ask with directed=False.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
cat >"$work/gate.py" <<'PY'
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

ends, starts, metres = [1, 2, 3], [0, 1, 2], [5.0, 0.0, 7.0]
ways = csr_array((metres, (starts, ends)), shape=(4, 4))
both = csr_array((metres + metres, (starts + ends, ends + starts)), shape=(4, 4))
seen = {}
for name, matrix, directed in (
    ("one way, asked undirected", ways, False), ("both ways written", both, True),
    ("A + A.T", ways + ways.T, True), ("A.maximum(A.T)", ways.maximum(ways.T), True),
):
    seen[name] = (matrix.nnz, float(dijkstra(matrix, directed=directed, indices=0)[3]), connected_components(matrix, directed=False)[0])
    print(f"{name:26} stored {seen[name][0]}, to the end {seen[name][1]} m, pieces {seen[name][2]}")
raise SystemExit(list(seen.values()) != [(3, 12.0, 1), (6, 12.0, 1), (4, float("inf"), 2), (4, float("inf"), 2)])
PY
"$work/venv/bin/python" "$work/gate.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
