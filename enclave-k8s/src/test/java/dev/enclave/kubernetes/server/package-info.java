/** That the server of the other tests is a real API server. */
@NullMarked
package dev.enclave.kubernetes.server;

import org.jspecify.annotations.NullMarked;
