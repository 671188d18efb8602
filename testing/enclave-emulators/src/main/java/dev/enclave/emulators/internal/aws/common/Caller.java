package dev.enclave.emulators.internal.aws.common;

/**
 * Who sent a request, established by its signature.
 *
 * @param arn {@code arn:aws:iam::ACCOUNT:user/NAME}, or {@code
 *     arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION}
 * @param userId the unique id of the principal, such as {@code AIDA…} or {@code AROA…:SESSION}
 * @param policyArn the ARN that policies name: the user, or the role without its session
 */
public record Caller(String arn, String userId, String policyArn) {}
