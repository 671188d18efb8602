/** Access tokens of service accounts. */
@NullMarked
package dev.enclave.emulators.internal.gcp.auth;

import org.jspecify.annotations.NullMarked;
