/** gRPC on loopback. */
@NullMarked
package dev.enclave.emulators.internal.grpc;

import org.jspecify.annotations.NullMarked;
