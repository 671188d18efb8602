/** Where workloads on AWS find their credentials. */
@NullMarked
package dev.enclave.emulators.internal.aws.metadata;

import org.jspecify.annotations.NullMarked;
