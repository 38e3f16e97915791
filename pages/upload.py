"""upload."""
import streamlit as st
st.header('upload')
