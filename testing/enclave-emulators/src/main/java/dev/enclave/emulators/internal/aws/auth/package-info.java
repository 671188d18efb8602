/** Credentials and request signatures of AWS. */
@NullMarked
package dev.enclave.emulators.internal.aws.auth;

import org.jspecify.annotations.NullMarked;
