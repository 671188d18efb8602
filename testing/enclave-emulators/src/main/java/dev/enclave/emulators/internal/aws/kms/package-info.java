/** AWS Key Management Service. */
@NullMarked
package dev.enclave.emulators.internal.aws.kms;

import org.jspecify.annotations.NullMarked;
