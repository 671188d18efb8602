/** Forms and queries. */
@NullMarked
package dev.enclave.emulators.internal.form;

import org.jspecify.annotations.NullMarked;
