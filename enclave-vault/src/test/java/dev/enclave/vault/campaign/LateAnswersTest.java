package dev.enclave.vault.campaign;

import dev.enclave.campaign.LateAnswersCampaign;

final class LateAnswersTest extends LateAnswersCampaign {

  LateAnswersTest() {
    super(new VaultUnderTest());
  }
}
