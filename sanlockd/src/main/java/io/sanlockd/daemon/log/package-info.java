/** The daemon's log: memory ring, file, syslog, stderr (recovery.md 14, config.md 9). */
package io.sanlockd.daemon.log;
