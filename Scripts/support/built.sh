# Sourced by scripts that first build what they need, into the folder $built.

# Runs the command unless the stamp is younger than all its inputs; what it prints is kept beside the stamp.
once() {
  local stamp=$built/$1.done inputs=$2
  shift 2
  # shellcheck disable=SC2086
  [[ -e $stamp && -z $(find $inputs -newer "$stamp" -not -path '*/__pycache__*' -print -quit) ]] && return
  echo "${0##*/}: $*" >&2
  "$@" >"${stamp%.done}.log" 2>&1 || { tail -20 "${stamp%.done}.log" >&2; exit 1; }
  touch "$stamp"
}

# A virtual environment, $built/venv, with the packages of requirements files.
environment() {
  [[ -x $built/venv/bin/python ]] || python3 -m venv "$built/venv" || return
  "$built/venv/bin/pip" install --disable-pip-version-check "${@/#/--requirement=}"
}
