# Makes the list of keys for sanlock.conf(5) from the sample file: a block of comment lines, a line
# "#", and the keys of the block as comments, "# key = value".
function flush_block(  i) {
  if (keys != "") {
    printf "%s%s", keys, text
  }
  keys = text = ""
}
BEGIN { started = 0 }
/^$/ { flush_block(); started = 1; next }
!started { next }
/^# [a-z_]+ =/ {
  sub(/^# /, "")
  keys = keys (keys == "" ? ".TP\n" : ".TQ\n") "\\fB" $0 "\\fR\n"
  next
}
/^# command line:/ {
  sub(/^# command line: /, "")
  gsub(/-/, "\\-")
  text = text "(command line: " $0 ")\n"
  next
}
/^# / {
  sub(/^# /, "")
  gsub(/-/, "\\-")
  text = text $0 "\n"
}
END { flush_block() }
