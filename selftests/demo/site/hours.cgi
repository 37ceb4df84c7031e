#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The program that is meant to be there: reads a file, keeps a counter.
printf 'Content-Type: text/plain\r\n\r\n'
count=$(cat /srv/www/data/count 2>/dev/null || echo 0)
echo $((count + 1)) >/srv/www/data/count
echo "open: 9 to 18, asked for $((count + 1)) times"
