/** Names, tags and versions of keys; sends no request. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.model;
