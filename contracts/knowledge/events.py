"""What happened in the knowledge domain."""

from typing import Literal

from pydantic import BaseModel


class DocumentReceived(BaseModel):
    """A file is stored and waits to be processed."""

    type: Literal["document.received"] = "document.received"
    document_id: str
    knowledge_base_id: str
    revision: int


class DocumentProcessed(BaseModel):
    """A document's chunks are stored and found by their words."""

    type: Literal["document.processed"] = "document.processed"
    document_id: str
    knowledge_base_id: str
    revision: int
    chunks: int


class DocumentEmbedded(BaseModel):
    """A document's chunks are found by their vectors too."""

    type: Literal["document.embedded"] = "document.embedded"
    document_id: str
    knowledge_base_id: str
    revision: int
    model: str


class VectorsOutdated(BaseModel):
    """A tenant may have vectors of another model than this, the one in use."""

    type: Literal["vectors.outdated"] = "vectors.outdated"
    model: str


class DocumentOverdue(BaseModel):
    """A document should have been ready or failed by now. Sent to oneself, delayed."""

    type: Literal["document.overdue"] = "document.overdue"
    document_id: str
    knowledge_base_id: str
    revision: int


class DocumentRemoved(BaseModel):
    """A document, or an earlier revision of it, may no longer be shown to anybody."""

    type: Literal["document.removed"] = "document.removed"
    document_id: str
    knowledge_base_id: str
    revision: int


class DocumentDescribed(BaseModel):
    """A document's title, tags or readers are others than what was found before."""

    type: Literal["document.described"] = "document.described"
    document_id: str
    knowledge_base_id: str
    revision: int


class KnowledgeBaseRemoved(BaseModel):
    """A knowledge base is gone with all its documents, chunks and vectors."""

    type: Literal["knowledge-base.removed"] = "knowledge-base.removed"
    knowledge_base_id: str


class QuestionUnanswered(BaseModel):
    """A customer asked what the documents do not answer."""

    type: Literal["question.unanswered"] = "question.unanswered"
    conversation_id: str
    question: str


class FaqSaved(BaseModel):
    """The words of these entries changed, so their vectors must follow."""

    type: Literal["faq.saved"] = "faq.saved"
    faq_ids: list[str]
