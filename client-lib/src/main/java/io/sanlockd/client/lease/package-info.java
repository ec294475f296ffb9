/** Leases for programs. */
package io.sanlockd.client.lease;
