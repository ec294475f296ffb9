/** What the rooms tell about what happens in them, to whoever keeps or counts it. */
package io.sanlockd.daemon.event;
