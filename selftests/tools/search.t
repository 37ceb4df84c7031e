#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvctl event search, stats, replay and the live view, on a file as hvauditd
# writes it: no module is needed.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib/tap.sh"
hvctl=$KHV_BUILD/user/hvctl
workdir /tmp
LC_ALL=C.UTF-8 TZ=UTC
export LC_ALL TZ
unset NO_COLOR

# seq, second, verdict, process, number, user, object
event() {
	printf '{"schema":1,"host":"web1","boot":"b","time":"2026-08-23T10:00:%s.500000000Z","cpu":0,"seq":%s,"lost":0,"generation":3,"verdict":"%s","errno":%s,"client":"wrap","policy":"p","domain":"main","rule":"p.hv:3","type":"file","verb":"open","object":"%s","hook":"file_open","pid":%s,"tgid":%s,"uid":33,"comm":"%s","exe":"/usr/bin/%s","asked":null,"user":"%s","group":null,"unit":"x.service","container":null,"cgroup":"/x.service","task":"seen","parents":[{"pid":30,"comm":"bash"},{"pid":1,"comm":"systemd"}]}\n' \
		"$2" "$1" "$3" "$([ "$3" = deny ] && echo '"EACCES"' ||
			echo null)" "$7" "$5" "$5" "$4" "$4" "$6"
}
{
	event 1 01 allow cat 40 ann /etc/hosts
	event 2 02 deny cat 40 ann /etc/shadow
	event 3 03 deny nginx 41 www-data '/tmp/\u001b]0;pwned\u0007\nDENY'
	event 4 04 deny cat 40 ann /etc/gshadow
	echo '{"schema":1,"host":"web1","boot":"b","time":"2026-08-23T10:00:05.000000000Z","note":"LOST","text":"5 events cpu=0 between seq 4 and 10 cause=kernel","count":5}'
	echo 'half a lin'
} >"$work/events"
printf '{"schema":1,"half' >>"$work/events"

printf 'policy p "x"\nfile / read\nfile /etc/shadow none\n' >"$work/p.hv"

search() {
	"$hvctl" event search --file "$work/events" "$@" 2>"$work/err"
}
lines() {
	search "$@" | grep -c '^10:'
}
is "all" "$(lines)" 5
is "with conditions" "$(lines verdict=deny 'object=/etc/*')" 3
like "and what was lost there" "$(search verdict=deny)" 'LOST 5 events'
is "not" "$(lines verdict!=deny)" 2
is "by user" "$(search user=www-data -n 9 | grep -c nginx)" 1
is "since" "$(lines --since '2026-08-23 10:00:04')" 2
is "until" "$(lines --until '2026-08-23T10:00:02')" 1
is "no more than" "$(lines -n 2)" 2
like "a line" "$(search seq=2)" \
	'^10:00:02\.500 deny wrap p cat\[40 ann\] file open /etc/shadow EACCES  p\.hv:3$'
like "the day is told" "$(search seq=2)" '^-- 2026-08-23 --$'
search >/dev/null
like "lines that are none are counted" "$(cat "$work/err")" '1 lines were no'
tap_try search policy=q since=
is "an unknown field" "$tap_status" 2
tap_try search object=/nothing uid=1 --until 2026-08-22
is "nothing found" "$tap_status" 1
tap_try "$hvctl" event search --file "$work/none"
is "no file" "$tap_status" 1
like "what hvctl why takes" \
	"$(search -n 1 verdict=deny | grep deny |
		"$hvctl" why --policy "$work/p.hv" 2>&1)" 'p\.hv:3'

is "colours: not into a pipe" "$(search | grep -c "$(printf '\033')")" 0
# shellcheck disable=SC2016 # for the other shell
ok "colours: if they are wanted" sh -c \
	'"$1" --color always event search --file "$2" | grep -q "$(printf "\033\\[1;31mdeny")"' \
	sh "$hvctl" "$work/events"
is "a hostile name is one line" \
	"$("$hvctl" --color always event search --file "$work/events" seq=3 |
		grep -c 'pwned.x07.x0aDENY')" 1

is "the tree" "$(search --tree verdict=deny | grep -v 'LOST\|^-- ')" "$(
	cat <<'END'
systemd[1]
└─ bash[30]
   ├─ cat[40]
   │     10:00:02.500 deny wrap p cat[40 ann] file open /etc/shadow EACCES  p.hv:3
   │     10:00:04.500 deny wrap p cat[40 ann] file open /etc/gshadow EACCES  p.hv:3
   └─ nginx[41]
         10:00:03.500 deny wrap p nginx[41 www-data] file open /tmp/\x1b]0;pwned\x07\x0aDENY EACCES  p.hv:3
END
)"

like "JSON is wrapped" "$("$hvctl" -j event search --file "$work/events" seq=2)" \
	'^\{"hvctl":\{"version":"[^"]*","schema":1,"command":"event search"\},"data":\[\{"schema":1,.*"seq":2,.*\}\]\}$'
is "counted by fields" \
	"$("$hvctl" --no-header event stats --file "$work/events" comm verdict |
		tr -s ' ' | sed 's/^ //' | head -n 2)" "2 cat deny
1 cat allow"
like "counted, as JSON" \
	"$("$hvctl" -j event stats --file "$work/events" user verdict=deny)" \
	'"data":\[\{"events":2,"user":"ann"\},\{"events":1,"user":"www-data"\}\]'

begin=$(date +%s)
is "replay" "$("$hvctl" event replay --file "$work/events" --speed max |
	grep -c '^10:')" 5
"$hvctl" event replay --file "$work/events" --speed 2 >/dev/null
ok "replay takes its time" test $(($(date +%s) - begin)) -ge 1
like "replay with processes" \
	"$("$hvctl" event replay --file "$work/events" --speed max --tree)" \
	'^systemd\[1\] > bash\[30\] > cat\[40\]$'
tap_try "$hvctl" event replay --file "$work/events" --speed 0
is "a bad speed" "$tap_status" 2

# --- the live view, on a terminal of 100 columns and 30 lines -----------------------

cat >"$work/view.py" <<'END'
import fcntl, os, pty, select, struct, sys, termios, time
keys = [(1.5, b"g"), (2.2, b"h"), (3.0, b"q")]
pid, fd = pty.fork()
if not pid:
    os.environ["TERM"] = "xterm-256color"
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
out, start = b"", time.time()
while time.time() - start < 20:
    if select.select([fd], [], [], 0.1)[0]:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
    if keys and time.time() - start > keys[0][0]:
        os.write(fd, keys.pop(0)[1])
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(out)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 99)
END
tap_try python3 "$work/view.py" "$hvctl" event replay --live --speed max \
	--file "$work/events"
is "the live view ends with q" "$tap_status" 0
for word in 'events/s' programs objects '/usr/bin/cat' 'nginx\[41\]' \
	'last decisions' 'count by programs'; do
	like "the live view has $word" "$tap_output" "$word"
done
is "a hostile name does not reach the terminal" \
	"$(printf '%s' "$tap_output" | grep -acF "$(printf '\033]0;pwned')")" 0
tap_try "$hvctl" event replay --live --file "$work/events"
is "without a terminal there is none" "$tap_status" 2
done_testing
