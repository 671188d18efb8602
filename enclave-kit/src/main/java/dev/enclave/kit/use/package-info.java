/** The base of the class that sends a remote backend's requests. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.use;
