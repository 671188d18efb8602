package dev.enclave.azure.campaign;

import dev.enclave.campaign.LostAnswersCampaign;

class LostAnswersTest extends LostAnswersCampaign {

  LostAnswersTest() {
    super(new AzureUnderTest());
  }
}
