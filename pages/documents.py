"""documents."""
import streamlit as st
st.header('documents')
