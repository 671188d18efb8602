/**
 * The kit that a remote backend is made of: the reading of states, public keys asked for once,
 * credentials renewed ahead of their end, stored text, origins, and the wording of refusals. What
 * comes before a backend is opened is in {@code setup}, what is done with keys in {@code key}. For
 * authors of backends; it may change with any release.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.cloud;
