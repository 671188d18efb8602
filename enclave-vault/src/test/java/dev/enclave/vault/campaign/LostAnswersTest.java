package dev.enclave.vault.campaign;

import dev.enclave.campaign.LostAnswersCampaign;

class LostAnswersTest extends LostAnswersCampaign {

  LostAnswersTest() {
    super(new VaultUnderTest());
  }
}
