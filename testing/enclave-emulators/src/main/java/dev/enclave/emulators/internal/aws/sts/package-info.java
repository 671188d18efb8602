/** AWS Security Token Service. */
@NullMarked
package dev.enclave.emulators.internal.aws.sts;

import org.jspecify.annotations.NullMarked;
