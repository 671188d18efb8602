/** Makes and rotates keys, changes the states of versions, removes orphans. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.versions;
