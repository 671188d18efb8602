package dev.enclave.azure.campaign;

import dev.enclave.campaign.OutageOfReadsCampaign;

class OutageOfReadsTest extends OutageOfReadsCampaign {

  OutageOfReadsTest() {
    super(new AzureUnderTest());
  }
}
