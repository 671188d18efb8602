/** JSON Web Tokens that one cloud issues and another takes. */
@NullMarked
package dev.enclave.emulators.internal.token;

import org.jspecify.annotations.NullMarked;
