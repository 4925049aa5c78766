# Times shell commands in turn, A B C A B C, so that what disturbs the machine disturbs all alike.
# To be sourced.
# shellcheck shell=bash
#
#   cases=('name' 'command' 'name' 'command' …)
#   setups['name']='command'     run before each run of that case, outside of the clock
#   measure ROUNDS     prints, for each, median, fastest and the median of its ratios to the first
#
# A command may write to $OUT, a file that is removed after each run. Cases run once beforehand, to
# warm caches, but not those with a setup: it has just made what they work on.
declare -a cases=()
declare -A setups=()

once() {  # COMMAND: prints the microseconds that it took
  local start=${EPOCHREALTIME/./}
  eval "$1" >/dev/null 2>"$measured/err" || {
    echo "failed: $1" >&2
    cat "$measured/err" >&2
    rm -rf "$measured"
    exit 1
  }
  echo $((${EPOCHREALTIME/./} - start))
}

measure() {  # ROUNDS
  local measured OUT i round setup
  measured=$(mktemp -d)
  OUT=$measured/out
  export OUT
  for ((i = 1; i < ${#cases[@]}; i += 2)); do
    [ -n "${setups[${cases[i - 1]}]:-}" ] || once "${cases[i]}" >/dev/null
  done
  for ((round = 0; round < $1; round++)); do
    for ((i = 1; i < ${#cases[@]}; i += 2)); do
      setup=${setups[${cases[i - 1]}]:-}
      [ -z "$setup" ] || once "$setup" >/dev/null
      once "${cases[i]}" >>"$measured/$i"
      rm -f "$OUT"
    done
  done
  printf '%-40s %9s %9s %9s\n' "medians of $1 rounds, in ms" median fastest "x first"
  for ((i = 1; i < ${#cases[@]}; i += 2)); do
    paste "$measured/1" "$measured/$i" | awk -v name="${cases[i - 1]}" '
      {time[NR] = $2; ratio[NR] = $2 / $1}
      function median(list, n,   i, j, t) {
        for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
          t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
        return list[int((n + 1) / 2)]
      }
      END {m = median(time, NR); r = median(ratio, NR)
           printf "%-40s %9.1f %9.1f %9.2f\n", name, m / 1000, time[1] / 1000, r}'
  done
  rm -rf "$measured"
}
