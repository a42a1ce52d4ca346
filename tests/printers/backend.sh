#!/bin/bash
# A printer for tests, as CUPS calls it: job user title copies options [file].
# DEVICE_URI says how it behaves: test:/good keeps what it gets in @FOLDER@/out, the others have their troubles.
if [ $# = 0 ]; then
    echo 'direct test "Unknown" "Test"'
    exit 0
fi
# CUPS turns SIGPIPE off, but ends us with SIGTERM.
case $DEVICE_URI in
*/jam)
    echo 'STATE: +media-jam-error' >&2
    echo 'ERROR: Paper jam' >&2
    exit 4 # stop the queue
    ;;
*/broken)
    exit 1 # this job failed
    ;;
*/empty)
    echo 'STATE: +media-empty-error' >&2
    until [ -e "@FOLDER@/paper" ]; do read -rt 0.05 <> <(:); done
    echo 'STATE: -media-empty-error' >&2
    ;;
esac
kept="@FOLDER@/out/$1"
cat "${6:--}" > "$kept.part"
printf '%s\n' "$2" "$3" "$4" "$5" "$FINAL_CONTENT_TYPE" > "$kept.about"
mv "$kept.part" "$kept.pdf"
