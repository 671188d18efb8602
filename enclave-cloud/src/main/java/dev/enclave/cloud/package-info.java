/**
 * What the backends of the clouds' key services share: the reading of states, public keys asked for
 * once, stored text, and the wording of refusals. For authors of backends; it may change with any
 * release.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.cloud;
