/** What the store of each operating system offers, and the settings. */
@org.jspecify.annotations.NullMarked
package dev.enclave.os.internal;
