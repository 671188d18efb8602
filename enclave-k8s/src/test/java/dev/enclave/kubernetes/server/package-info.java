/** That the server of the other tests, ours or the real one, is an API server. */
@NullMarked
package dev.enclave.kubernetes.server;

import org.jspecify.annotations.NullMarked;
