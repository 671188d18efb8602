/** Tests of where credentials come from. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.credentials;
