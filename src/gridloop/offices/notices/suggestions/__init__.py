"""意见建议: what people say about the pages themselves, read and answered by the system keeper of their street."""
